/** List prices in us-east-1, US dollars a month of 730 hours (aws.amazon.com pricing pages, 2026-11). */
import type { MonthlyPrice } from '../resource.js';
import type { HostSettings } from './settings.js';

const hours = 730;

/** A GiB of a volume a month. */
const volumePrices: Readonly<Record<HostSettings['volume']['type'], number>> = {
  gp3: 0.08,
  gp2: 0.1,
  io2: 0.125,
  st1: 0.045,
  sc1: 0.015,
};

/** On demand, Linux, by the hour; other types are priced by `twinorigin cost`. */
const serverPrices: Readonly<Record<string, number>> = {
  't4g.nano': 0.0042,
  't4g.micro': 0.0084,
  't4g.small': 0.0168,
  't4g.medium': 0.0336,
  't4g.large': 0.0672,
  't3.nano': 0.0052,
  't3.micro': 0.0104,
  't3.small': 0.0208,
  't3.medium': 0.0416,
  't3.large': 0.0832,
  'm1.small': 0.044,
  'm7g.medium': 0.0408,
  'm7g.large': 0.0816,
  'c7g.medium': 0.0363,
  'c7g.large': 0.0725,
};

export function priceOfServer({ instance: { type, diskGiB, market } }: HostSettings): readonly MonthlyPrice[] {
  const hourly = serverPrices[type];
  const disk = { what: `${diskGiB} GiB disk`, usd: round(diskGiB * volumePrices.gp3) };
  // Spot prices change by the hour; most are 50 to 70 % lower.
  if (hourly === undefined) return [disk];
  return [{ what: market === 'spot' ? `${type} (at most)` : type, usd: round(hourly * hours) }, disk];
}

export function priceOfVolume({ volume: { gib, type } }: HostSettings): readonly MonthlyPrice[] {
  return [{ what: `${gib} GiB ${type} volume`, usd: round(gib * volumePrices[type]) }];
}

/** Every public IPv4 address costs, used or not. */
export const priceOfAddress: readonly MonthlyPrice[] = [{ what: 'public IPv4 address', usd: round(0.005 * hours) }];
export const priceOfBalancer: readonly MonthlyPrice[] = [{ what: 'load balancer', usd: round(0.0225 * hours) }];
export const priceOfAlarm: readonly MonthlyPrice[] = [{ what: 'alarm', usd: 0.1 }];
export const priceOfHealthCheck: readonly MonthlyPrice[] = [{ what: 'health check', usd: 0.5 }];

function round(usd: number): number {
  return Math.round(usd * 100) / 100;
}

/** What a host costs a month, by the one price table. */
import { hoursAMonth as hours, onDemand, priceTable, volumes, type Price } from '../../prices.js';
import type { MonthlyPrice } from '../resource.js';
import type { HostSettings } from './settings.js';

export function priceOfServer({ instance: { type, diskGiB, market } }: HostSettings): readonly MonthlyPrice[] {
  const known: Readonly<Record<string, Price>> = onDemand;
  const hourly = known[type]?.usd;
  const disk = { what: `${diskGiB} GiB disk`, usd: round(diskGiB * volumes.gp3.usd) };
  // Spot prices change by the hour; most are 50 to 70 % lower.
  if (hourly === undefined) return [disk];
  return [{ what: market === 'spot' ? `${type} (at most)` : type, usd: round(hourly * hours) }, disk];
}

export function priceOfVolume({ volume: { gib, type } }: HostSettings): readonly MonthlyPrice[] {
  return [{ what: `${gib} GiB ${type} volume`, usd: round(gib * volumes[type].usd) }];
}

/** Every public IPv4 address costs, used or not. */
export const priceOfAddress: readonly MonthlyPrice[] = [
  { what: 'public IPv4 address', usd: round(priceTable.address.usd * hours) },
];
export const priceOfBalancer: readonly MonthlyPrice[] = [
  { what: 'load balancer', usd: round(priceTable.loadBalancer.usd * hours) },
];
export const priceOfAlarm: readonly MonthlyPrice[] = [{ what: 'alarm', usd: priceTable.alarm.usd }];
export const priceOfHealthCheck: readonly MonthlyPrice[] = [{ what: 'health check', usd: priceTable.healthCheck.usd }];

function round(usd: number): number {
  return Math.round(usd * 100) / 100;
}

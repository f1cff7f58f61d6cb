/** What hosting costs, for a person and for a program. */
import type { CostLine, Hosting, HostingCost } from '../release/hostingCost.js';
import { pricesAsOf } from '../prices.js';
import { formatCount } from './amounts.js';
import { joinBlocks, pad, paint, wrap, type Look } from './text.js';

/** `cost --json`. */
export function describeHosting(hosting: Hosting, cost: HostingCost, isMeasured: boolean): object {
  return {
    version: 1,
    pricesAsOf,
    assumptions: { ...hosting, storedIsMeasured: isMeasured },
    lines: cost.lines,
    usdPerMonth: cost.usdPerMonth,
    usdPerYear: cost.usdPerYear,
    plans: cost.plans,
  };
}

export function renderHosting(hosting: Hosting, cost: HostingCost, isMeasured: boolean, look: Look): string {
  const total = `${paint(look, 'bold', `$${formatMoney(cost.usdPerYear)} a year`)}, $${formatMoney(cost.usdPerMonth)} a month`;
  return joinBlocks([
    total,
    cost.lines.map((line) => renderLine(line, look)).join('\n'),
    cost.plans
      .map(
        ({ server, term, usdPerMonth, usdPerYear }) =>
          `  ${pad(server, 10)}  ${pad(term, 16)}  ${pad(`$${formatMoney(usdPerMonth)}`, 10, 'left')} a month  ${pad(`$${formatMoney(usdPerYear)}`, 10, 'left')} a year`,
      )
      .join('\n'),
    wrap(describeAssumptions(hosting, isMeasured), look.width, '', ''),
    paint(
      look,
      'dim',
      wrap(
        `List prices of us-east-1 as of ${pricesAsOf}, without taxes; * not checked at its source then.`,
        look.width,
        '',
        '',
      ),
    ),
  ]);
}

function renderLine({ name, quantity, free, price, usd }: CostLine, look: Look): string {
  const amount = quantity >= 100 ? formatCount(Math.round(quantity)) : String(Math.round(quantity * 1000) / 1000);
  const note = free > 0 ? `, ${formatCount(Math.round(free))} of it free` : '';
  const detail = `${amount} × ${price.per}${price.checked ? '' : ' *'}${note}`;
  return `  ${pad(`$${formatMoney(usd)}`, 9, 'left')}  ${pad(name, 22)}  ${paint(look, 'dim', detail)}`;
}

function describeAssumptions(hosting: Hosting, isMeasured: boolean): string {
  const { visits, pagesPerVisit, assetsPerVisit, transferGb, hitRatio, publishes, writesPerPublish } = hosting;
  return [
    `Assumed: ${formatCount(visits)} visits a month with ${pagesPerVisit} pages and ${assetsPerVisit} assets each`,
    `${Math.round(transferGb * 100) / 100} GB sent (--transfer)`,
    `${Math.round(hitRatio * 100)} % answered by the cache`,
    `${Math.round(hosting.storedGb * 1000) / 1000} GB stored (${isMeasured ? 'the live release and what is kept' : 'a guess, --stored'})`,
    `${publishes} publishes with ${writesPerPublish} writes and ${hosting.invalidationPathsPerPublish} invalidation paths each`,
    hosting.freeTier ? 'what CloudFront gives free every month counted (--no-free-tier)' : 'nothing free',
  ].join('; ');
}

function formatMoney(usd: number): string {
  return usd.toFixed(2);
}

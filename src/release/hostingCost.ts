/** What a month and a year of hosting cost, from the traffic and the set-up, by the one price table. */
import { freeTier, hoursAMonth as hours, priceTable, servers, type Price, type ServerName } from '../prices.js';

export interface Hosting {
  readonly visits: number;
  readonly pagesPerVisit: number;
  /** Images, scripts, stylesheets and fonts that a visit loads. */
  readonly assetsPerVisit: number;
  /** GB out of the CDN (and, with a server, out of the server for pages) in a month. */
  readonly transferGb: number;
  /** Share of requests that the CDN answers itself. */
  readonly hitRatio: number;
  readonly storedGb: number;
  readonly publishes: number;
  /** Objects written by one publish. */
  readonly writesPerPublish: number;
  readonly invalidationPathsPerPublish: number;
  /** Encodings are negotiated by functions. */
  readonly functions: boolean;
  /** Releases and rules are looked up in a key-value store. */
  readonly keyValueStore: boolean;
  /** Pages come from a server of one's own. */
  readonly server: ServerName | null;
  readonly volumeGb: number;
  readonly loadBalancer: boolean;
  readonly zones: number;
  readonly freeTier: boolean;
}

export interface CostLine {
  readonly name: string;
  readonly quantity: number;
  /** Of the quantity, what costs nothing. */
  readonly free: number;
  readonly price: Price;
  /** A month. */
  readonly usd: number;
}

export interface ServerPlan {
  readonly term: 'on-demand' | '1 year reserved' | '3 years reserved' | 'spot';
  readonly server: ServerName;
  readonly usdPerMonth: number;
  readonly usdPerYear: number;
}

export interface HostingCost {
  readonly lines: readonly CostLine[];
  readonly usdPerMonth: number;
  readonly usdPerYear: number;
  /** The whole bill with each way of paying for the server; empty without one. */
  readonly plans: readonly ServerPlan[];
}

export function estimateHosting(hosting: Hosting): HostingCost {
  const { visits, pagesPerVisit, assetsPerVisit, publishes } = hosting;
  const pages = visits * pagesPerVisit;
  const assets = visits * assetsPerVisit;
  // A server of one's own answers for the pages; without one the CDN does.
  const requests = assets + (hosting.server === null ? pages : 0);
  const free = (amount: number) => (hosting.freeTier ? amount : 0);
  const lines: CostLine[] = [
    line('storage', hosting.storedGb, 0, priceTable.s3Storage),
    line('writes to S3', publishes * hosting.writesPerPublish, 0, priceTable.s3Put),
    line('reads from S3', requests * (1 - hosting.hitRatio), 0, priceTable.s3Get),
    line('transfer', hosting.transferGb, free(freeTier.transferGb), priceTable.transfer),
    line('requests', requests, free(freeTier.requests), priceTable.requests),
    line(
      'invalidation paths',
      publishes * hosting.invalidationPathsPerPublish,
      free(freeTier.invalidationPaths),
      priceTable.invalidationPath,
    ),
  ];
  // With a key-value store pages have one function before and one behind the cache, whatever the encodings.
  const pageRuns = hosting.server === null ? pages * (hosting.keyValueStore ? 2 : hosting.functions ? 1 : 0) : 0;
  const runs = pageRuns + (hosting.functions ? assets : 0);
  if (runs > 0) lines.push(line('functions', runs, free(freeTier.functions), priceTable.functions));
  if (hosting.keyValueStore && hosting.server === null) {
    // Which release, and where the address is: the response function asks for the release again.
    lines.push(line('key reads', pages * 3, free(freeTier.keyReads), priceTable.keyReads));
    lines.push(line('key writes', publishes * keyRequests, 0, priceTable.keyWrites));
  }
  lines.push(line('DNS zone', hosting.zones, 0, priceTable.zone));
  const rest = [...lines];
  if (hosting.server !== null) {
    rest.push(line('volume', hosting.volumeGb, 0, priceTable.volume), line('address', hours, 0, priceTable.address));
    if (hosting.loadBalancer)
      rest.push(
        line('load balancer', hours, 0, priceTable.loadBalancer),
        line('load balancer capacity', hours, 0, priceTable.loadBalancerUnit),
      );
    lines.push(
      ...rest.slice(lines.length),
      line(`server ${hosting.server}`, hours, 0, servers[hosting.server].onDemand),
    );
  }
  const usdPerMonth = sum(lines);
  const plans = hosting.server === null ? [] : listPlans(hosting.server, sum(rest));
  return { lines, usdPerMonth: round(usdPerMonth), usdPerYear: round(usdPerMonth * 12), plans };
}

/** Reads before and after each of the two changes of a publish, and the changes. */
const keyRequests = 6;

function listPlans(chosen: ServerName, rest: number): ServerPlan[] {
  const names = [chosen, ...(Object.keys(servers) as ServerName[]).filter((name) => name !== chosen)];
  return names.flatMap((server) => {
    const { onDemand, oneYear, threeYears, spot } = servers[server];
    const terms = [
      ['on-demand', onDemand],
      ['1 year reserved', oneYear],
      ['3 years reserved', threeYears],
      ['spot', spot],
    ] as const;
    return terms.map(([term, { usd }]) => {
      const month = rest + usd * hours;
      return { term, server, usdPerMonth: round(month), usdPerYear: round(month * 12) };
    });
  });
}

function line(name: string, quantity: number, free: number, price: Price): CostLine {
  const paid = Math.max(0, quantity - free);
  return {
    name,
    quantity: round(quantity),
    free: Math.min(free, round(quantity)),
    price,
    usd: round(paid * price.usd),
  };
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { usd }) => total + usd, 0);
}

function round(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

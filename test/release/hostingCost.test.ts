import { describe, expect, it } from 'vitest';
import { estimateHosting, type Hosting } from '../../src/release/hostingCost.js';
import { onDemand, priceTable, serverNames, servers, volumes } from '../../src/prices.js';

const small: Hosting = {
  visits: 50_000,
  pagesPerVisit: 3,
  assetsPerVisit: 25,
  transferGb: 75,
  hitRatio: 0.9,
  storedGb: 1,
  publishes: 20,
  writesPerPublish: 100,
  invalidationPathsPerPublish: 20,
  functions: true,
  keyValueStore: true,
  server: null,
  volumeGb: 20,
  loadBalancer: false,
  zones: 1,
  freeTier: true,
};
const usdOf = (hosting: Hosting, name: string) =>
  estimateHosting(hosting).lines.find((line) => line.name === name)?.usd;

describe('what hosting costs', () => {
  it('is little where CloudFront gives most of it free', () => {
    const { lines, usdPerMonth, usdPerYear } = estimateHosting(small);
    expect(usdOf(small, 'transfer')).toBe(0);
    expect(usdOf(small, 'storage')).toBe(0.023);
    expect(usdOf(small, 'reads from S3')).toBeCloseTo(140_000 * 0.0000004, 6);
    expect(usdPerMonth).toBeCloseTo(
      lines.reduce((sum, { usd }) => sum + usd, 0),
      5,
    );
    expect(usdPerYear).toBeCloseTo(usdPerMonth * 12, 5);
  });

  it('counts every unit where nothing is free', () => {
    const paid = { ...small, freeTier: false };
    expect(usdOf(paid, 'transfer')).toBeCloseTo(75 * 0.085, 6);
    expect(usdOf(paid, 'requests')).toBeCloseTo((1_400_000 * 0.01) / 10_000, 6);
    expect(usdOf(paid, 'functions')).toBeCloseTo(1.55 * 0.1, 6);
    expect(usdOf(paid, 'key reads')).toBeCloseTo(0.45 * 0.03, 6);
    expect(usdOf(paid, 'invalidation paths')).toBe(2);
    const beyond = { ...small, invalidationPathsPerPublish: 100 };
    expect(usdOf(beyond, 'invalidation paths')).toBe(5);
  });

  it('counts the functions before and behind the pages also where nothing is negotiated', () => {
    const paid = { ...small, freeTier: false, functions: false };
    expect(usdOf(paid, 'functions')).toBeCloseTo(0.3 * 0.1, 6);
    expect(usdOf({ ...paid, keyValueStore: false }, 'functions')).toBeUndefined();
    expect(usdOf({ ...paid, functions: true, server: 't4g.small' }, 'functions')).toBeCloseTo(1.25 * 0.1, 6);
  });

  it('with a server is told for every way of paying, on-demand to spot', () => {
    const { plans, usdPerMonth, lines } = estimateHosting({ ...small, server: 't4g.small', loadBalancer: true });
    expect(lines.find(({ name }) => name === 'server t4g.small')?.usd).toBeCloseTo(730 * 0.0168, 5);
    expect(plans).toHaveLength(4 * serverNames.length);
    expect(plans[0]).toMatchObject({ term: 'on-demand', server: 't4g.small', usdPerMonth });
    for (const name of serverNames) {
      const own = plans.filter(({ server }) => server === name).map(({ usdPerYear }) => usdPerYear);
      expect(own).toEqual([...own].sort((a, b) => b - a));
    }
  });

  it('has a source for every price', () => {
    const all = [
      ...Object.values(priceTable),
      ...Object.values(volumes),
      ...Object.values(onDemand),
      ...Object.values(servers).flatMap(({ onDemand: now, oneYear, threeYears, spot }) => [
        now,
        oneYear,
        threeYears,
        spot,
      ]),
    ];
    for (const { usd, source } of all) {
      expect(usd).toBeGreaterThan(0);
      expect(source).toMatch(/^https:\/\//);
    }
  });
});

/** Starts the suite's one browser before the first test and ends it after the last. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the running browser listens; given to `connectBrowser()`. */
    readonly browserEndpoint: string;
  }
}

/**
 * Nothing of the browser's own may reach the network, and pictures may not depend on the graphics card, nor images be
 * painted a frame after the rest.
 */
const quiet = [
  '--disable-checker-imaging',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
];

/**
 * The browser's executable: `CHROMIUM`, or where Debian puts it.
 * @throws Error that says how to get one; the suite fails rather than skips.
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.CHROMIUM;
  const path = named ?? '/usr/bin/chromium';
  if (existsSync(path)) return path;
  throw new Error(
    `There is no Chromium at ${path}${named === undefined ? '' : ' (from CHROMIUM)'}. ` +
      'Install it with `apt-get install chromium` (Debian, Ubuntu: `snap install chromium`), ' +
      'or set CHROMIUM to the path of Chromium or Chrome.',
  );
}

export default async function startChromium(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({ executablePath: findChromium(), headless: true, args: quiet });
  project.provide('browserEndpoint', server.wsEndpoint());
  return () => server.close();
}

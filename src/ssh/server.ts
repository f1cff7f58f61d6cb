/** One server: folders of releases beside each other, and the link `current` that says which one is served. */
import type { WebServer } from '../config.js';
import type { ServerState } from '../release/ports.js';
import { letGoOfRules, printLive, proveRules, switchRules } from './rules.js';
import { noFolder, noRelease, runProgram } from './run.js';
import { sshCommand, sshOptions } from './target.js';

export interface PagesServer {
  readonly name: string;
  /** Its web server, where that is told the rules of the site. */
  readonly kind: WebServer['server'];
  readonly folder: string;
  look(): Promise<ServerState>;
  /**
   * @param from folder on this machine. @param like a release on the server whose equal files are linked.
   * @param tell called with the share that is done, 0 to 1.
   */
  place(release: string, from: string, like: string | null, tell?: (share: number) => void): Promise<void>;
  /** @throws PublishError when the web server does not take the rules of a release that is there. */
  proveRules(release: string): Promise<void>;
  /** Sends what differs in a folder that is there. */
  mend(
    release: string,
    from: string,
  ): Promise<{ readonly sent: readonly string[]; readonly foreign: readonly string[] }>;
  switchTo(release: string): Promise<void>;
  keepOnly(releases: readonly string[]): Promise<void>;
}

const how = ['--recursive', '--checksum', '--perms', '--chmod=D755,F644'];

/** Ids of releases, and nothing that a shell would look at. */
const releaseName = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

export function openServer(target: WebServer, signal: AbortSignal): PagesServer {
  const { ssh, folder } = target;
  const name = ssh.replace(/^.*@/, '');
  /** What must not be broken off in the middle is run without the signal. */
  const run = (script: string, stop?: AbortSignal): Promise<string> =>
    runProgram(
      name,
      'ssh',
      [...sshOptions(target), ssh, '--', `cd ${folder} 2>/dev/null || exit ${noFolder}; ${script}`],
      { signal: stop },
    );
  return {
    name,
    kind: target.server,
    folder,
    async look() {
      const lines = (await run(`${printLive(target)}; ls -1 releases`, signal)).split('\n');
      const live = lines[0]?.replace(/^releases\//, '') ?? '';
      return {
        name,
        live: releaseName.test(live) ? live : null,
        releases: lines.slice(1).filter((line) => releaseName.test(line)),
      };
    },
    async place(release, from, like, tell = () => undefined) {
      const partial = `releases/.${refuseOdd(release)}.partial`;
      // Compared by content: times tell nothing of files that are written anew by every build.
      const linked = like === null ? [] : [`--link-dest=../${refuseOdd(like)}`];
      const to = `${ssh}:${folder}/${partial}/`;
      // `(xfr#5, to-chk=169/396)`: the whole list is made first, so that it counts down.
      const progress = ['--info=progress2', '--no-inc-recursive'];
      await runProgram(
        name,
        'rsync',
        [...how, ...progress, '--delete', ...linked, '-e', sshCommand(target), `${from}/`, to],
        {
          signal,
          onOutput: (text) => {
            const [, left, all] = /.*to-chk=(\d+)\/(\d+)/s.exec(text) ?? [];
            if (all !== undefined) tell(1 - Number(left) / Number(all));
          },
        },
      );
      // What has the name of a release is whole, also after the power has failed.
      await run(
        `[ -d releases/${release} ] || { { sync -f ${partial} || sync; } && mv -T ${partial} releases/${release}; }`,
      );
    },
    async proveRules(release) {
      const script = proveRules(target, refuseOdd(release));
      if (script !== undefined) await run(script);
    },
    async mend(release, from) {
      const send = (...more: string[]) =>
        runProgram(
          name,
          'rsync',
          [
            ...how,
            ...more,
            '--itemize-changes',
            '-e',
            sshCommand(target),
            `${from}/`,
            `${ssh}:${folder}/releases/${refuseOdd(release)}/`,
          ],
          { signal },
        );
      const lines = (await send('--dry-run', '--delete')).split('\n');
      const listed = (kind: RegExp) => lines.filter((line) => kind.test(line)).map((line) => line.slice(12));
      const sent = listed(/^[<.c]f/);
      // Each file is replaced by a rename: a visitor gets the old one or the new one.
      if (sent.length > 0) await send();
      return { sent, foreign: listed(/^\*deleting/).filter((path) => !path.endsWith('/')) };
    },
    async switchTo(release) {
      const next = `.current.${refuseOdd(release)}`;
      await run(
        `[ -d releases/${release} ] || exit ${noRelease}; ` +
          `${switchRules(target, release)}; ` +
          // One rename: whoever asks gets the old release or the new one.
          `ln -sfn releases/${release} ${next} && mv -T ${next} current && { sync -f . || sync; }`,
      );
    },
    async keepOnly(releases) {
      const kept = releases.map(refuseOdd).join('|') || '-';
      // A folder loses its name before it loses its files, so that none is ever taken for whole that is not.
      await run(
        `live=$(readlink current); cd releases; for one in $(ls -1A); do case "$one" in ` +
          `${kept}) continue ;; .*.partial) rm -rf "$one" ;; ` +
          `[0-9]*T[0-9]*Z-????????) [ "$live" = "releases/$one" ] || { mv -T "$one" ".$one.partial" && rm -rf ".$one.partial"; } ;; ` +
          `esac; done; cd ..; ${letGoOfRules}`,
        signal,
      );
    },
  };
}

function refuseOdd(release: string): string {
  if (!releaseName.test(release)) throw new Error(`${release} is no name of a release`);
  return release;
}

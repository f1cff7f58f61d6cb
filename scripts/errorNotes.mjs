// What the page of errors says beyond the table in src/errors.ts: causes and the way out, where a hint is too short.
export const errorNotes = {
  'config-invalid':
    'The message names the file and line, the setting, what it is and what it must be. A misspelt name is answered with the one that was probably meant. [Configuration](reference-config.md) lists all settings.',
  'site-empty':
    'The usual cause is a build that failed before this step, in a pipeline that went on all the same. The live site stays as it is.',
  'secret-file':
    'Private keys, `.env` files and the insides of `.git` would be readable by everybody. Dotfiles other than `.well-known` are left at home without an error.',
  'symlink-outside':
    'A link that leads out of the folder could publish anything on the machine. Links inside the folder are followed.',
  'key-conflict':
    'Two files differ only in how they are written (upper case, Unicode composition), or one has the name that another gets.',
  'guard-refused':
    'The plan looks like an accident: many pages would be removed, or there is no index.html. `twinorigin plan` shows it; the option named in the message allows it once, `guard` in the configuration for good.',
  'no-credentials':
    'The credentials are looked up as the AWS SDK does it: environment, profile, SSO, web identity, container and instance roles. In GitHub Actions a step with `aws-actions/configure-aws-credentials` comes first ([GitHub](github.md)). `twinorigin doctor` says what it finds.',
  'expired-credentials': 'A session ended while the publish was running. Uploaded assets stay and are not sent again.',
  'access-denied':
    'The message names the permission and the resource. [Security](security.md) lists what a publish needs.',
  'bucket-missing':
    'A bucket name is global: it may exist, but in an account or a partition these credentials do not see.',
  'distribution-missing':
    'The id is that of the distribution (`E…`), not its domain name. It must be in the account of the credentials.',
  'wrong-region': 'A bucket is reached through its own region. The message names it where the store tells.',
  'clock-skew': 'Requests are signed with the time. A laptop that woke up, or a container without NTP, may be off.',
  'unreachable':
    'Nothing answers at the address: a wrong `--endpoint-url`, no network, or a proxy. Behind a proxy with its own certificate set `NODE_EXTRA_CA_CERTS`.',
  'objects-failed':
    'Some assets could not be stored after all retries. No page was put live and nothing was deleted: visitors see the release from before.',
  'pages-failed':
    'Assets are all in place, but some pages could not be copied. Both old and new pages work with them; the same command again finishes.',
  'immutable-conflict':
    'A name with a fingerprint promises that its bytes never change. Somebody else wrote other bytes there, or a bundler used its own hash twice.',
  'verify-failed':
    'The assets were fetched through the CDN as a page would, and were not served as they must be: wrong status, type, encoding, cache header, content, or no `Access-Control-Allow-Origin: *`. No page was put live. The message names the address; `curl -I` with an `Origin` header shows the same. A distribution without a CORS response headers policy is the usual cause ([existing buckets](existing-buckets.md)).',
  'record-invalid':
    'The record under `.twinorigin/` in the pages bucket is damaged, or a newer version wrote it. Update twinorigin first. `twinorigin publish --reconcile` looks at the buckets instead of believing the record.',
  'release-missing': 'Retention has let go of it (10 releases and 30 days unless configured), or it never was.',
  'locked':
    'The message names who holds the lock, since when. A holder that died is noticed after 30 seconds without a sign of life; on the same machine at once. `twinorigin unlock` removes a lock by hand.',
  'superseded':
    'Two pipelines ran, and the one for the older commit was slower. The newer release stays live. `--force` publishes the older one all the same, for example to go back; `twinorigin rollback` is the better way.',
  'interrupted':
    'Ctrl-C or SIGTERM: what was under way is finished, nothing new is begun, the lock is given back. The next publish goes on from there.',
  'port-in-use':
    'The local edge listens on port 4870 unless told otherwise. An edge of the same folders that is running already is used.',
};

/** Which names never belong on a public site, and which are left out without a fuss. */

/** Folders and files that are refused wherever they stand. */
const secretNames: readonly RegExp[] = [
  /^\.env(\..*)?$/i,
  /^\.(git|svn|hg|bzr)$/i,
  /^\.(aws|ssh|gnupg|docker|kube|azure)$/i,
  /^\.(npmrc|yarnrc|yarnrc\.yml|pypirc|netrc|htpasswd|git-credentials|pgpass|s3cfg|boto)$/i,
  /^id_(rsa|dsa|ecdsa|ed25519)$/i,
  /\.(p12|pfx|jks|keystore|kdbx|ppk)$/i,
];

/** True when a path segment names something that must never be published. */
export function isSecretName(segment: string): boolean {
  return secretNames.some((name) => name.test(segment));
}

/** True for names whose content decides: `.pem` and `.key` hold public certificates and slides, too. */
export function mayHoldPrivateKey(path: string): boolean {
  return /\.(pem|key|crt|cer|der)$/i.test(path) || !/\.[^/]*$/.test(path);
}

/** RFC 7468 section 10 and the OpenSSH, PGP and older labels. */
export function holdsPrivateKey(bytes: Buffer): boolean {
  return /^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----/m.test(bytes.subarray(0, 4096).toString('latin1'));
}

/** Dotfiles are configuration of some tool, except `.well-known` (RFC 8615). */
export function isDotfile(segment: string): boolean {
  return segment.startsWith('.') && segment !== '.well-known';
}

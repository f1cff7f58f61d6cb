/** Keeps credentials out of everything that is printed. */

const patterns: readonly [RegExp, string][] = [
  // Access key ids of IAM users (AKIA) and of temporary credentials (ASIA): IAM user guide, "Unique identifiers".
  [/\b(A[KS]IA)[A-Z0-9]{12,}\b/g, '$1…'],
  // Signed addresses and headers (SigV4).
  [/(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"'<>]+/gi, '$1…'],
  [/((?:Signature|Credential)=)[^,&\s"'<>]+/g, '$1…'],
  [
    /((?:x-amz-security-token|authorization|aws_secret_access_key|aws_session_token)["']?\s*[:=]\s*["']?)[^\s"',}]+/gi,
    '$1…',
  ],
  // user:password@ in an address.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@"'<>]+@/gi, '$1…@'],
  // Tokens of GitHub (docs, "About authentication to GitHub") and bearer tokens.
  [/\b(gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}/g, '$1…'],
  [/\b(Bearer )[A-Za-z0-9._~+/-]{16,}=*/g, '$1…'],
];

/** Replaces what looks like a credential, and every one of `secrets` wherever it stands. */
export function maskSecrets(text: string, secrets: readonly string[] = []): string {
  let masked = text;
  // Short values would blank out ordinary words.
  for (const secret of secrets) if (secret.length >= 8) masked = masked.replaceAll(secret, '…');
  for (const [pattern, replacement] of patterns) masked = masked.replace(pattern, replacement);
  return masked;
}

/** What must never be printed, taken out of texts that came from AWS. */

const secrets: readonly (readonly [RegExp, string])[] = [
  // Account ids, on their own and inside ARNs.
  [/(?<!\d)\d{12}(?!\d)/g, '************'],
  // Identifiers of keys, users and roles (IAM User Guide, "Unique identifiers"): the kind stays readable.
  [/\b(A3T|AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,}\b/g, '$1************'],
  // Signed requests and their tokens.
  [
    /(Signature|X-Amz-Security-Token|X-Amz-Signature|X-Amz-Credential|SessionToken|SecretAccessKey)(["']?\s*[=:>]\s*)["']?[^\s"'&,<>]+/gi,
    '$1$2***',
  ],
  [/(https?:\/\/)[^\s/@:]+:[^\s/@]+@/g, '$1***@'],
];

/** Replaces account ids, key ids, signatures, tokens and passwords in a text. */
export function maskSecrets(text: string): string {
  return secrets.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/** The secrets this process was given, so that they can be kept out of what it prints. */

const secretName = /SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE_KEY|API_?KEY/i;

/** Values of environment variables that are named like secrets. */
export function listSecrets(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= 8 && secretName.test(name) ? [value] : [],
  );
}

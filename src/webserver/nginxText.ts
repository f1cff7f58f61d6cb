/** Texts in the configuration of nginx. */

/** A text as it is: in double quotes, backslash and quote are written with a backslash before them. */
export function quote(plain: string): string {
  return `"${plain.replace(/["\\]/g, '\\$&')}"`;
}

/** A text where nginx looks for variables, to stand in double quotes. */
export function text(plain: string): string {
  return plain.replace(/["\\]/g, '\\$&').replaceAll('$', '${twinorigin_dollar}');
}

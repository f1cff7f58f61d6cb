/** Values that CloudFormation fills in, while they are still part of texts: `{{twinorigin:AssetsFunction.FunctionARN}}`. */

const token = /\{\{twinorigin:([A-Za-z0-9:]+)(?:\.([A-Za-z]+))?\}\}/g;
const wholeToken = new RegExp(`^${token.source}$`);

/** What a resource, a parameter or a pseudo parameter (`AWS::AccountId`) refers to. */
export function referTo(id: string): string {
  return `{{twinorigin:${id}}}`;
}

export function attributeOf(id: string, name: string): string {
  return `{{twinorigin:${id}.${name}}}`;
}

/**
 * The value with every token as the function of CloudFormation that stands for it: `Ref`, `Fn::GetAtt`, or `Fn::Sub`
 * where there is more text around it (Template Reference, "Intrinsic functions"). What is undefined is left out.
 */
export function resolveTokens(value: unknown): unknown {
  if (typeof value === 'string') return resolveText(value);
  if (Array.isArray(value)) return value.map(resolveTokens);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === undefined ? [] : [[name, resolveTokens(inner)]])),
  );
}

function resolveText(text: string): unknown {
  const [, id, name] = wholeToken.exec(text) ?? [];
  if (id !== undefined) return name === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, name] };
  if (text.search(token) < 0) return text;
  // "${!Literal}" is "${Literal}" (Template Reference, Fn::Sub).
  const literal = text.replaceAll('${', '${!');
  const filled = (_: string, one: string, attribute?: string) =>
    attribute === undefined ? `\${${one}}` : `\${${one}.${attribute}}`;
  return { 'Fn::Sub': literal.replace(token, filled) };
}

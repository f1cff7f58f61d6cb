/** Requests and answers as XML and JSON, by the model. What the model does not know, or misses, is an error. */
import { Parser } from 'htmlparser2';
import type { IncomingHttpHeaders } from 'node:http';
import { typeOf, type Member, type Operation, type Schema, type Traits } from './model.js';

/** An error answer of a service. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}

const malformed = (message: string) => new ServiceError(400, 'MalformedInput', message);

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** The SDK's enumerations, by the name of the member that has one. */
export type Enumerations = Readonly<Record<string, unknown>>;

function parseXml(text: string): Element {
  const root: Element = { name: '', children: [], text: '' };
  const stack = [root];
  const parser = new Parser(
    {
      onopentag(name) {
        const element = { name, children: [], text: '' };
        stack.at(-1)!.children.push(element);
        stack.push(element);
      },
      ontext: (part) => void (stack.at(-1)!.text += part),
      onclosetag: () => void stack.pop(),
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  const [first] = root.children;
  if (first === undefined) throw malformed('the body is no XML');
  return first;
}

export interface HttpRequest {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly labels: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is in the address and the headers, and the members that are left for the body. */
export function readBindings(
  operation: Operation,
  request: HttpRequest,
): { input: Record<string, unknown>; inBody: readonly Member[]; payload: Member | undefined } {
  const type = typeOf(operation.input);
  const input: Record<string, unknown> = {};
  const inBody: Member[] = [];
  let payload: Member | undefined;
  for (const member of type.kind === 'structure' ? type.members : []) {
    const { name, traits, required } = member;
    if (traits.httpPayload !== undefined) {
      payload = member;
      continue;
    }
    if (traits.httpLabel !== undefined) input[name] = request.labels[name];
    else if (typeof traits.httpHeader === 'string') input[name] = request.headers[traits.httpHeader.toLowerCase()];
    else if (typeof traits.httpQuery === 'string')
      input[name] = request.url.searchParams.get(traits.httpQuery) ?? undefined;
    else {
      inBody.push(member);
      continue;
    }
    if (required && input[name] === undefined) throw malformed(`${operation.name}: ${name} is missing`);
  }
  return { input, inBody, payload };
}

/** The input of an operation, as the SDK's caller gave it. */
export function readXmlInput(operation: Operation, request: HttpRequest, enums: Enumerations): Record<string, unknown> {
  const { input, inBody, payload } = readBindings(operation, request);
  if (payload !== undefined) {
    if (request.body.length > 0) input[payload.name] = readPayload(payload, request.body, enums);
    else if (payload.required) throw malformed(`${operation.name}: ${payload.name} is missing`);
    return input;
  }
  const root = request.body.length > 0 ? parseXml(request.body.toString()) : { name: '', children: [], text: '' };
  return inBody.length === 0 ? input : { ...input, ...readMembers(root, inBody, enums, operation.name) };
}

function readPayload({ schema, name }: Member, body: Buffer, enums: Enumerations): unknown {
  const type = typeOf(schema);
  if (type.kind === 'bytes') return body;
  if (type.kind === 'string') return body.toString();
  return readElement(parseXml(body.toString()), schema, name, enums);
}

function readElement(
  element: Element,
  schema: Schema,
  path: string,
  enums: Enumerations,
  traits: Traits = {},
): unknown {
  const type = typeOf(schema);
  if (type.kind === 'list') {
    const name = (type.traits.xmlName as string | undefined) ?? 'member';
    return element.children.map((child) => {
      if (child.name !== name) throw malformed(`${path} holds ${child.name} instead of ${name}`);
      return readElement(child, type.of, path, enums);
    });
  }
  if (type.kind === 'structure') {
    const value = readMembers(element, type.members, enums, path);
    checkQuantity(value, path);
    return value;
  }
  return readScalar(element.text, type.kind, path, enums, traits);
}

function readMembers(element: Element, members: readonly Member[], enums: Enumerations, path: string) {
  const value: Record<string, unknown> = {};
  for (const child of element.children) {
    const member = members.find(({ name, traits }) => ((traits.xmlName as string | undefined) ?? name) === child.name);
    if (member === undefined) throw malformed(`${path} has no member ${child.name}`);
    const { name, schema, traits } = member;
    const type = typeOf(schema);
    if (type.kind === 'list' && traits.xmlFlattened !== undefined) {
      const list = (value[name] ?? []) as unknown[];
      list.push(readElement(child, type.of, `${path}.${name}`, enums));
      value[name] = list;
    } else value[name] = readElement(child, schema, `${path}.${name}`, enums, traits);
    checkEnumeration(name, value[name], enums, path);
  }
  for (const { name, required } of members)
    if (required && value[name] === undefined) throw malformed(`${path}: ${name} is missing`);
  return value;
}

function readScalar(text: string, kind: string, path: string, _enums: Enumerations, _traits: Traits): unknown {
  if (kind === 'number') {
    const number = Number(text);
    if (text.trim() === '' || Number.isNaN(number)) throw malformed(`${path} is no number: ${text}`);
    return number;
  }
  if (kind === 'boolean') {
    if (text !== 'true' && text !== 'false') throw malformed(`${path} is no boolean: ${text}`);
    return text === 'true';
  }
  if (kind === 'bytes') return Buffer.from(text, 'base64');
  return text;
}

function checkEnumeration(name: string, value: unknown, enums: Enumerations, path: string): void {
  const known = enums[name];
  if (typeof value !== 'string' || typeof known !== 'object' || known === null) return;
  const values = Object.values(known);
  if (values.length > 0 && values.every((one) => typeof one === 'string') && !values.includes(value))
    throw new ServiceError(400, 'InvalidArgument', `${path}.${name}: ${value} is none of ${values.join(', ')}`);
}

function checkQuantity({ Quantity, Items }: Record<string, unknown>, path: string): void {
  if (typeof Quantity === 'number' && Quantity !== ((Items ?? []) as unknown[]).length)
    throw new ServiceError(
      400,
      'InconsistentQuantities',
      `The value of Quantity and the size of Items do not match: ${path}`,
    );
}

/** What is sent back: body and headers. */
export function writeXmlOutput(
  operation: Operation,
  output: Record<string, unknown>,
): { body: string | Buffer; headers: Record<string, string> } {
  const type = typeOf(operation.output);
  const headers: Record<string, string> = {};
  if (type.kind !== 'structure') return { body: '', headers };
  const given = type.members.filter(({ name }) => output[name] !== undefined);
  for (const { name, traits } of given)
    if (typeof traits.httpHeader === 'string') headers[traits.httpHeader] = String(output[name]);
  const payload = given.find(({ traits }) => traits.httpPayload !== undefined);
  if (payload !== undefined) return { body: writePayload(payload, output[payload.name]), headers };
  const inBody = given.filter(({ traits }) => traits.httpHeader === undefined);
  const content = inBody.map((member) => writeMember(member, output[member.name])).join('');
  return { body: content === '' ? '' : `<${type.name}>${content}</${type.name}>`, headers };
}

function writePayload({ name, schema, traits }: Member, value: unknown): string | Buffer {
  const type = typeOf(schema);
  if (type.kind === 'bytes') return value as Buffer;
  if (type.kind === 'string') return String(value);
  return writeElement(
    (traits.xmlName as string | undefined) ?? (type.kind === 'structure' ? type.name : name),
    value,
    schema,
  );
}

function writeMember({ name, schema, traits }: Member, value: unknown): string {
  if (value === undefined) return '';
  const tag = (traits.xmlName as string | undefined) ?? name;
  const type = typeOf(schema);
  if (type.kind === 'list' && traits.xmlFlattened !== undefined)
    return (value as unknown[]).map((item) => writeElement(tag, item, type.of)).join('');
  return writeElement(tag, value, schema);
}

function writeElement(tag: string, value: unknown, schema: Schema): string {
  const type = typeOf(schema);
  if (type.kind === 'list') {
    const name = (type.traits.xmlName as string | undefined) ?? 'member';
    return `<${tag}>${(value as unknown[]).map((item) => writeElement(name, item, type.of)).join('')}</${tag}>`;
  }
  if (type.kind === 'structure') {
    const content = type.members
      .map((member) => writeMember(member, (value as Record<string, unknown>)[member.name]))
      .join('');
    return `<${tag}>${content}</${tag}>`;
  }
  return `<${tag}>${escape(writeScalar(value))}</${tag}>`;
}

function writeScalar(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('base64');
  return String(value);
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Checks a JSON value against the model and gives it back. */
export function readJson(value: unknown, schema: Schema, path: string, enums: Enumerations): unknown {
  const type = typeOf(schema);
  if (type.kind === 'list') {
    if (!Array.isArray(value)) throw malformed(`${path} is no list`);
    return value.map((item) => readJson(item, type.of, path, enums));
  }
  if (type.kind === 'structure') {
    const given = value as Record<string, unknown>;
    for (const name of Object.keys(given))
      if (!type.members.some((member) => member.name === name)) throw malformed(`${path} has no member ${name}`);
    for (const member of type.members) {
      if (member.required && given[member.name] === undefined) throw malformed(`${path}: ${member.name} is missing`);
      if (given[member.name] === undefined) continue;
      readJson(given[member.name], member.schema, `${path}.${member.name}`, enums);
      checkEnumeration(member.name, given[member.name], enums, path);
    }
    return value;
  }
  const wanted =
    type.kind === 'number' ? 'number' : type.kind === 'boolean' ? 'boolean' : type.kind === 'string' ? 'string' : '';
  if (wanted !== '' && typeof value !== wanted) throw malformed(`${path} is no ${wanted}`);
  return value;
}

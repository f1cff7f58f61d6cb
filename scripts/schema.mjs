// Writes schema/*.schema.json from the schemas in the code. Argument: the folder with the compiled code.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';

const root = new URL('..', import.meta.url);
const dist = process.argv[2] === undefined ? new URL('dist/', root) : pathToFileURL(`${process.argv[2]}/`);
const { configSchema } = await import(new URL('config.js', dist));
const { recordSchema } = await import(new URL('release/recordFormat.js', dist));
const {
  planDocumentSchema,
  errorDocumentSchema,
  checkDocumentSchema,
  provisionDocumentSchema,
  migrationDocumentSchema,
} = await import(new URL('report/documents.js', dist));
const {
  releasesDocumentSchema,
  pruneDocumentSchema,
  lockDocumentSchema,
  liveDocumentSchema,
  maintenanceDocumentSchema,
} = await import(new URL('report/operationDocuments.js', dist));
const { hostStatusDocumentSchema, replacementDocumentSchema, replacementPlanDocumentSchema } = await import(
  new URL('report/hostJson.js', dist)
);
const { initDocumentSchema, doctorDocumentSchema } = await import(new URL('report/setupDocuments.js', dist));

const schemas = {
  config: ['twinorigin configuration', configSchema, 'input'],
  plan: ['twinorigin publish --json, plan --json and rollback --json', planDocumentSchema, 'output'],
  check: ['twinorigin check --json', checkDocumentSchema, 'output'],
  provision: ['twinorigin cdn and host under --json', provisionDocumentSchema, 'output'],
  host: ['twinorigin host status --json', hostStatusDocumentSchema, 'output'],
  replacement: ['twinorigin host replace --json', replacementDocumentSchema, 'output'],
  replacementPlan: ['twinorigin host replace --dry-run --json', replacementPlanDocumentSchema, 'output'],
  releases: ['twinorigin releases --json', releasesDocumentSchema, 'output'],
  prune: ['twinorigin prune --json', pruneDocumentSchema, 'output'],
  lock: ['twinorigin unlock --json', lockDocumentSchema, 'output'],
  maintenance: ['twinorigin maintenance --json', maintenanceDocumentSchema, 'output'],
  live: ['twinorigin check --live --json', liveDocumentSchema, 'output'],
  migration: ['twinorigin migrate s3://… --json', migrationDocumentSchema, 'output'],
  init: ['twinorigin init --json', initDocumentSchema, 'output'],
  doctor: ['twinorigin doctor --json', doctorDocumentSchema, 'output'],
  error: ['any error under --json', errorDocumentSchema, 'output'],
  record: ['release record: .twinorigin/releases/<id>.json in the pages store', recordSchema, 'input'],
};

mkdirSync(new URL('schema/', root), { recursive: true });
for (const [name, [title, schema, io]] of Object.entries(schemas)) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io });
  const text = `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
  const file = new URL(`schema/${name}.schema.json`, root);
  // An unchanged file keeps its time, so that building twice changes nothing.
  if (readIfThere(file) !== text) writeFileSync(file, text);
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

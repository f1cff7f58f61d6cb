/** A report model to vary. */
import type { ReportFile, ReportModel } from '../../../src/report/page/model.js';

export const urls = {
  images: 'https://images.acme.com',
  resources: 'https://static.acme.com',
  pages: 'https://www.acme.com',
};

export function fileOf(name: string, more: Partial<ReportFile> = {}): ReportFile {
  return {
    name,
    origin: 'pages',
    type: 'text/html',
    plain: 1000,
    loaded: 400,
    digest: name,
    url: `${urls.pages}/${encodeURIComponent(name)}`,
    isPage: true,
    ...more,
  };
}

export function modelOf(more: Partial<ReportModel> = {}): ReportModel {
  return {
    kind: 'publish',
    madeAt: '2026-11-23T23:15:00.000Z',
    release: { id: '20261123T231500Z-1a2b3c4d' },
    urls,
    files: [fileOf('index.html')],
    stored: { objects: 3, bytes: 2000 },
    duplicates: [],
    caching: [],
    problems: [],
    ...more,
  };
}

/** A page that shows a PDF with pdf.js: a module worker and fonts that are fetched by a computed name. */
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchSite } from '../sites/fetchSites.js';

const page = `<!doctype html>
<html lang="en" data-busy>
<head><meta charset="utf-8"><title>PDF</title><link rel="stylesheet" href="web/pdf_viewer.css"></head>
<body>
<canvas id="page" width="300" height="150"></canvas>
<script type="module">
import * as pdf from './build/pdf.mjs';
pdf.GlobalWorkerOptions.workerSrc = './build/pdf.worker.mjs';
const file = await pdf.getDocument({ url: 'hello.pdf', standardFontDataUrl: 'standard_fonts/', useSystemFonts: false }).promise;
const first = await file.getPage(1);
const canvas = document.querySelector('#page');
await first.render({ canvasContext: canvas.getContext('2d'), viewport: first.getViewport({ scale: 1 }) }).promise;
document.title = 'PDF of ' + file.numPages + ' page';
delete document.documentElement.dataset.busy;
</script>
</body>
</html>
`;

/** Folder of the site. */
export function assemblePdfViewer(): string {
  const folder = mkdtempSync(join(tmpdir(), 'twinorigin-pdf-'));
  const source = fetchSite('pdfjs-dist');
  for (const path of ['build/pdf.mjs', 'build/pdf.worker.mjs', 'web', 'standard_fonts'])
    cpSync(join(source, path), join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'hello.pdf'), writePdf('BT /F1 24 Tf 20 60 Td (Hello from a PDF) Tj ET'));
  return folder;
}

/** The smallest PDF with one page in Helvetica (ISO 32000-1, annex H.2). */
function writePdf(content: string): string {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 150] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return `${text}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
}

// Makes the files of sample-site/downloads/: two archives, a PDF and their sums. Same bytes on every run and machine
// (with the same zlib). They are committed; run this only to change them: node scripts/sample-downloads.mjs
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

const site = fileURLToPath(new URL('../sample-site/', import.meta.url));
const folder = `${site}downloads/`;
mkdirSync(folder, { recursive: true });

const readme = 'Skerry 1.0.0\n\nA fictional framework: these files exist to be downloaded.\n';
const entries = [
  ['skerry-1.0.0/README.txt', Buffer.from(readme)],
  ['skerry-1.0.0/index.js', readFileSync(`${site}js/skerry/index.js`)],
  ['skerry-1.0.0/signals.js', readFileSync(`${site}js/skerry/signals.js`)],
  ['skerry-1.0.0/mark.svg', readFileSync(`${site}images/logo/mark.svg`)],
];

/** A zip archive: local headers, central directory, end record (APPNOTE.TXT 4.3). Dated 1980-01-01. */
function zipOf(files) {
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of files) {
    const packed = deflateRawSync(content, { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, Buffer.from(name)]));
    bodies.push(body);
    offset += body.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, central, Buffer.from('PK\x05\x06'), end]);
}

/** A tar archive in the ustar format (POSIX.1-1988). */
function tarOf(files) {
  const blocks = files.flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0' + '0000000\0' + '0000000\0', 100);
    header.write(content.length.toString(8).padStart(11, '0') + '\0', 124);
    header.write('00000000000\0', 136);
    header.write(' '.repeat(8) + '0', 148);
    header.write('ustar\0' + '00', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A one-page PDF of plain lines. */
function pdfOf(lines) {
  const escaped = lines.map((line) => line.replace(/[\\()]/g, '\\$&'));
  const shown = escaped.map((line, i) =>
    i === 0 ? `/B 34 Tf (${line}) Tj 0 -46 Td /R 14 Tf 22 TL` : `(${line}) Tj T*`,
  );
  const content =
    '0.949 0.855 0.592 rg 0 742 595 100 re f 0.063 0.149 0.227 rg BT 56 776 Td ' + shown.join('\n') + ' ET';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /B 5 0 R /R 6 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  return Buffer.from(
    `${text}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    'latin1',
  );
}

const gz = gzipSync(tarOf(entries), { level: 9 });
gz[9] = 255; // RFC 1952: operating system unknown, so that all machines write the same bytes
const made = {
  'skerry-1.0.0.zip': zipOf(entries),
  'skerry-1.0.0.tar.gz': gz,
  'skerry-cheatsheet.pdf': pdfOf([
    'Skerry 1.0',
    '',
    'npm create skerry        a new site',
    'skerry dev               look at it',
    'skerry build             a folder of files',
    'skerry build --why       what was kept, and why',
    '',
    'wake:load                with the page',
    'wake:idle                when the main thread rests',
    'wake:visible             when it is seen',
    'wake:touch               on the first pointer or key',
  ]),
};
for (const [name, content] of Object.entries(made)) writeFileSync(folder + name, content);
const sums = Object.entries(made).map(
  ([name, content]) => `${createHash('sha256').update(content).digest('hex')}  ${name}\n`,
);
writeFileSync(`${folder}SHA256SUMS`, sums.join(''));

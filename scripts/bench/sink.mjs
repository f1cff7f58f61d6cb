/**
 * A minimal S3 on the loopback for benchmarks: it keeps names, headers and MD5, throws bodies away (but for small private
 * ones), answers after a settable latency, and refuses what comes too fast. A process of its own, HTTP read by hand,
 * so that it is no bottleneck: `node scripts/bench/sink.mjs [--port N] [--latency MS] [--limit N]` prints its address.
 * `GET /-/stats` tells what it was asked, `POST /-/reset?latency=&limit=&keep=` begins again. Signatures are not looked at.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { answerRequest, buckets } from './sinkStore.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    latency: { type: 'string', default: '0' },
    limit: { type: 'string', default: '0' },
  },
});
const settings = { latency: Number(values.latency), limit: Number(values.limit) };

let open = 0;
let stats = newStats();

function newStats() {
  return {
    requests: 0,
    refused: 0,
    bytesIn: 0,
    connections: 0,
    mostConnections: open,
    operations: {},
    began: process.cpuUsage(),
  };
}

/** Answers wait in line: the latency is the same for all, so the first one due is always the first in line. */
const waiting = [];
let timer;
function later(socket, answer) {
  if (settings.latency === 0) {
    socket.write(answer);
    return;
  }
  waiting.push({ due: performance.now() + settings.latency, socket, answer });
  timer ??= setTimeout(flush, settings.latency);
}
function flush() {
  const now = performance.now();
  let sent = 0;
  while (sent < waiting.length && waiting[sent].due <= now + 0.3) {
    const { socket, answer } = waiting[sent++];
    if (!socket.destroyed) socket.write(answer);
  }
  waiting.splice(0, sent);
  timer = waiting.length === 0 ? undefined : setTimeout(flush, Math.max(1, waiting[0].due - now));
}

/** A second's allowance, refilled as time passes: what S3 does to a prefix that gets too many requests. */
let tokens = 0;
let filled = performance.now();
function isTooFast() {
  if (settings.limit === 0) return false;
  const now = performance.now();
  tokens = Math.min(settings.limit / 4, tokens + ((now - filled) / 1000) * settings.limit);
  filled = now;
  if (tokens < 1) return true;
  tokens--;
  return false;
}

const slowDown = plain(
  503,
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
);

function plain(status, body, headers = '') {
  const reason =
    {
      200: 'OK',
      204: 'No Content',
      304: 'Not Modified',
      404: 'Not Found',
      412: 'Precondition Failed',
      503: 'Slow Down',
    }[status] ?? 'Status';
  return `HTTP/1.1 ${status} ${reason}\r\nx-amz-request-id: 0\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

createServer({ noDelay: true }, (socket) => {
  open++;
  stats.connections++;
  stats.mostConnections = Math.max(stats.mostConnections, open);
  socket.on('close', () => open--);
  socket.on('error', () => socket.destroy());
  let pending = null;
  let current = null;
  socket.on('data', (chunk) => {
    let bytes = pending === null ? chunk : Buffer.concat([pending, chunk]);
    pending = null;
    for (;;) {
      if (current === null) {
        const end = bytes.indexOf('\r\n\r\n');
        if (end < 0) {
          if (bytes.length > 0) pending = bytes;
          return;
        }
        current = readHead(bytes.latin1Slice(0, end), socket);
        bytes = bytes.subarray(end + 4);
      }
      const part = bytes.length <= current.left ? bytes : bytes.subarray(0, current.left);
      current.left -= part.length;
      stats.bytesIn += part.length;
      if (current.hash !== null && part.length > 0) current.hash.update(part);
      if (current.keep && part.length > 0) current.body.push(Buffer.from(part));
      bytes = bytes.subarray(part.length);
      if (current.left > 0) return;
      const request = current;
      current = null;
      finish(request, socket);
      if (bytes.length === 0) return;
    }
  });
}).listen(Number(values.port), '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});

const lengthOf = /\r\ncontent-length: ?(\d+)/i;

function readHead(head, socket) {
  const space = head.indexOf(' ');
  const method = head.slice(0, space);
  const target = head.slice(space + 1, head.indexOf(' ', space + 1));
  const left = method === 'GET' || method === 'HEAD' ? 0 : Number(lengthOf.exec(head)?.[1] ?? 0);
  if (left > 0 && /\r\nexpect: 100-continue/i.test(head)) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  const keep =
    method === 'POST' || (method === 'PUT' && target.includes('.twinorigin/') && !target.includes('/bodies/'));
  return { method, target, head, left, size: left, keep, body: [], hash: method === 'PUT' ? createHash('md5') : null };
}

function finish(request, socket) {
  if (request.target.startsWith('/-/')) {
    socket.write(control(request));
    return;
  }
  stats.requests++;
  if (isTooFast()) {
    stats.refused++;
    later(socket, slowDown);
    return;
  }
  const { operation, status, body = '', headers = '' } = answerRequest(request);
  stats.operations[operation] = (stats.operations[operation] ?? 0) + 1;
  if (Buffer.isBuffer(body)) {
    const start = `HTTP/1.1 ${status} OK\r\nx-amz-request-id: 0\r\nContent-Length: ${body.length}\r\n${headers}\r\n`;
    later(socket, Buffer.concat([Buffer.from(start, 'latin1'), body]));
  } else if (operation === 'HeadObject') {
    later(socket, `HTTP/1.1 ${status} Head\r\nx-amz-request-id: 0\r\n${headers}\r\n`);
  } else later(socket, plain(status, body, headers));
}

function control({ target }) {
  const { pathname, searchParams } = new URL(target, 'http://sink');
  if (pathname === '/-/reset') {
    if (searchParams.has('latency')) settings.latency = Number(searchParams.get('latency'));
    if (searchParams.has('limit')) settings.limit = Number(searchParams.get('limit'));
    if (!searchParams.has('keep')) buckets.clear();
    stats = newStats();
    return plain(200, 'ok');
  }
  const { user, system } = process.cpuUsage(stats.began);
  const objects = [...buckets.values()].reduce((sum, bucket) => sum + bucket.objects.size, 0);
  return plain(200, JSON.stringify({ ...stats, began: undefined, objects, cpuSeconds: (user + system) / 1e6 }));
}

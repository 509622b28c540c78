// The yardstick of polls: node:http with nothing on top, giving the answer that the service gives when there is nothing new.
import { createServer } from 'node:http';

const body = '{"nudges":[],"poll_after":60}';
const headers = {
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': String(Buffer.byteLength(body)),
  'Cache-Control': 'private, no-cache',
};

createServer((_req, res) => {
  res.writeHead(200, headers).end(body);
}).listen(Number(process.env['PORT']), '127.0.0.1');

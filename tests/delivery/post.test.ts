import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { isPrivate, post } from '../../src/delivery/post.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/hook?a=1`;
}

const inside = { allowPrivate: true, patience: 500 };

describe('a post', () => {
  test('arrives as it was given', async () => {
    let got: unknown;
    const url = await receiver((req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        got = {
          method: req.method,
          url: req.url,
          body,
          id: req.headers['webhook-id'],
          type: req.headers['content-type'],
        };
        res.end('thanks');
      });
    });
    expect(await post(url, '{"a":"ü"}', { 'webhook-id': 'msg_1' }, inside)).toEqual({
      status: 'sent',
      answer: '200 thanks',
    });
    expect(got).toEqual({
      method: 'POST',
      url: '/hook?a=1',
      body: '{"a":"ü"}',
      id: 'msg_1',
      type: 'application/json',
    });
  });

  test.each([301, 307, 400, 500])(
    'that is answered %d has failed, and no redirect is followed',
    async (status) => {
      let calls = 0;
      const url = await receiver((_req, res) => {
        calls += 1;
        res.writeHead(status, { location: '/elsewhere' }).end();
      });
      expect(await post(url, '{}', {}, inside)).toMatchObject({ status: 'failed', gone: false });
      expect(calls).toBe(1);
    },
  );

  test('that is answered 410 is not wanted any more', async () => {
    const url = await receiver((_req, res) => res.writeHead(410).end());
    expect(await post(url, '{}', {}, inside)).toMatchObject({ status: 'failed', gone: true });
  });

  test('to nobody has failed', async () => {
    expect(await post('http://127.0.0.1:1/', '{}', {}, inside)).toMatchObject({ status: 'failed' });
    expect(await post('http://nowhere.invalid/', '{}', {}, inside)).toMatchObject({ status: 'failed' });
  });

  test('that is answered for ever, byte by byte, is left', async () => {
    const url = await receiver((_req, res) => {
      res.writeHead(200);
      const timer = setInterval(() => res.write('.'), 20);
      res.once('close', () => clearInterval(timer));
    });
    expect(await post(url, '{}', {}, inside)).toEqual({
      status: 'failed',
      gone: false,
      answer: 'no answer within 0.5 s',
    });
  });

  test('that is answered at great length is read to 64 KB', async () => {
    let sent = 0;
    const url = await receiver((_req, res) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (sent < 50_000_000 && res.write(chunk)) sent += chunk.length;
      };
      res.on('drain', more);
      res.writeHead(200);
      more();
    });
    expect(await post(url, '{}', {}, { ...inside, patience: 5_000 })).toMatchObject({ status: 'sent' });
    expect(sent).toBeLessThan(50_000_000);
  });
});

describe('an address inside this network', () => {
  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/',
    'http://0x7f.1/',
  ])('%s is not posted to', async (url) => {
    expect(await post(url, '{}', {}, { allowPrivate: false, patience: 500 })).toMatchObject({
      status: 'failed',
      answer: expect.stringContaining('private address'),
    });
  });

  test.each([
    '0.0.0.0',
    '127.255.255.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::1',
    'fc00::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
  ])('%s is one', (address) => {
    expect(isPrivate(address)).toBe(true);
  });

  test.each(['8.8.8.8', '2606:4700::1111', '172.32.0.1', '100.128.0.1'])('%s is none', (address) => {
    expect(isPrivate(address)).toBe(false);
  });
});

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { Router } from 'express';

/** Made by the build out of src/browser; the sources that run unbuilt, and the built ones, find it at the same place. */
const SCRIPT = new URL('../../dist/sdk/goodturn.js', import.meta.url);

/** The script that product apps embed. Any page may load it, and keep it for an hour. */
export function sdkRoutes(): Router {
  const router = Router();
  let script: ReturnType<typeof readScript> | undefined;
  router.get('/goodturn.js', async (req, res) => {
    const { plain, zipped, etag } = await (script ??= readScript());
    res.set({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=3600',
      ETag: etag,
      Vary: 'Accept-Encoding',
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'X-Content-Type-Options': 'nosniff',
    });
    if (req.fresh) res.status(304).end();
    else if (req.acceptsEncodings('gzip')) res.set('Content-Encoding', 'gzip').send(zipped);
    else res.send(plain);
  });
  return router;
}

async function readScript() {
  const plain = await readFile(SCRIPT);
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  // Weak: zipped or not, it is the same script.
  return { plain, zipped: gzipSync(plain, { level: 9 }), etag: `W/"${hash}"` };
}

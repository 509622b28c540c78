import { type Session, startSession } from './session.ts';
import type { Goodturn, Options } from './types.ts';
import { warn } from './warn.ts';

/** The four functions that a page calls. `ownHost` is where the script came from, unless `init` says otherwise. */
export function createGoodturn(ownHost = ''): Goodturn {
  let session: Session | undefined;
  const stop = () => {
    session?.stop();
    session = undefined;
  };
  return {
    init: safe((options: Options) => {
      stop();
      const host = options.host ?? ownHost;
      const fault = faultOf(options, host);
      if (fault === undefined) session = startSession({ ...options, host: host.replace(/\/+$/, '') });
      else warn(fault);
    }),
    track: safe((event: string, properties: Readonly<Record<string, unknown>> = {}) => {
      if (session === undefined) warn('call init before track');
      session?.track(event, properties);
    }),
    refresh: safe(() => session?.refresh()),
    stop: safe(stop),
  };
}

/** The page is not ours: whatever happens in here must not stop what it does next. */
function safe<Given extends unknown[]>(act: (...given: Given) => void): (...given: Given) => void {
  return (...given) => {
    try {
      act(...given);
    } catch (error) {
      warn(String(error));
    }
  };
}

function faultOf({ key, token }: Options, host: string): string | undefined {
  if (!key || /^[sw]k_/.test(key)) return 'init needs the publishable key';
  if (token === '' || !['string', 'function'].includes(typeof token))
    return 'init needs a token, or a function that fetches one';
  if (!/^https?:\/\//.test(host)) return `init needs the host, like https://…; got "${host}"`;
  return undefined;
}

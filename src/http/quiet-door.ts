import type { Door, Exchange } from './ingest-door.ts';
import { drain } from './read-body.ts';
import { answerJson, postHogDialect, segmentDialect } from './sdk-answers.ts';

/**
 * Answers that keep SDKs content with a host that has no feature flags, surveys or recordings. They tell
 * nothing and store nothing, so no key is asked for and what is sent is thrown away unread.
 */
export function quietDoor(body: unknown, dialect = postHogDialect): Door {
  return {
    methods: ['GET', 'POST'],
    stores: false,
    dialect,
    answer: ({ req, res }) => {
      drain(req);
      answerJson(res, 200, body);
    },
  };
}

/** What posthog-js and posthog-node read as "no flags". */
export const NO_FLAGS = {
  flags: {},
  featureFlags: {},
  featureFlagPayloads: {},
  errorsWhileComputingFlags: false,
  sessionRecording: false,
  supportedCompression: ['gzip', 'gzip-js'],
};

const DEFINITIONS = { flags: [], group_type_mapping: {}, cohorts: {} };

/** posthog-node polls for flag definitions; they never change. */
export const flagDefinitionsDoor: Door = {
  methods: ['GET'],
  stores: false,
  dialect: postHogDialect,
  answer: ({ req, res }) => {
    const etag = '"no-flags"';
    if (req.headers['if-none-match'] === etag) res.writeHead(304, { ETag: etag }).end();
    else answerJson(res, 200, DEFINITIONS, { ETag: etag });
  },
};

/** What posthog-js asks for first: nothing is switched on but capture itself. */
const remoteConfig = (token: string) => ({
  token,
  supportedCompression: ['gzip', 'gzip-js'],
  hasFeatureFlags: false,
  captureDeadClicks: false,
  capturePerformance: false,
  autocapture_opt_out: true,
  autocaptureExceptions: false,
  analytics: { endpoint: '/i/v0/e/' },
  elementsChainAsString: true,
  sessionRecording: false,
  heatmaps: false,
  surveys: false,
  defaultIdentifiedOnly: true,
  siteApps: [],
});

export const remoteConfigDoor: Door = {
  methods: ['GET'],
  stores: false,
  dialect: postHogDialect,
  answer: ({ res, part }) => answerJson(res, 200, remoteConfig(part)),
};

/** The same as a script. The token in it has been matched to letters, digits, _ and -. */
export const remoteConfigScriptDoor: Door = {
  methods: ['GET'],
  stores: false,
  dialect: postHogDialect,
  answer: ({ res, part }) => {
    const script =
      `(function(){window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};` +
      `window._POSTHOG_REMOTE_CONFIG[${JSON.stringify(part)}]={config:${JSON.stringify(remoteConfig(part))},siteApps:[]}})();`;
    res.writeHead(200, {
      'Content-Type': 'application/javascript; charset=utf-8',
      'Content-Length': Buffer.byteLength(script),
      'X-Content-Type-Options': 'nosniff',
    });
    res.end(script);
  },
};

/** What analytics-next asks its CDN for: send everything here, and load nothing else. */
export const segmentSettingsDoor: Door = {
  methods: ['GET'],
  stores: false,
  dialect: segmentDialect,
  answer: answerSettings,
};

function answerSettings({ deps, res, part }: Exchange): void {
  const base = new URL(deps.config.BASE_URL);
  const apiHost = `${base.host}${base.pathname.replace(/\/+$/, '')}/v1`;
  const events = { __default: { enabled: true, integrations: {} } };
  answerJson(res, 200, {
    integrations: {
      'Segment.io': {
        apiKey: part,
        apiHost,
        protocol: base.protocol.replace(':', ''),
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: {
      track: events,
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  });
}

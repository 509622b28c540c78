import type { Deps } from '../deps.ts';
import type { Workspace } from '../engine/account.ts';

/** What decisions know of us. */
export const workspaceOf = ({ config }: Pick<Deps, 'config'>): Workspace => ({
  ...workspaceWhenLive(config),
  asksTeam: config.MODE === 'rehearsal',
});

/** The same as it is when live, which is what a history is played for. */
export const workspaceWhenLive = ({
  TEAM_DOMAINS: teamDomains,
  DEFAULT_OWNER_EMAIL: defaultOwnerEmail,
}: Deps['config']): Workspace => ({
  teamDomains,
  ...(defaultOwnerEmail === undefined ? {} : { defaultOwnerEmail }),
});

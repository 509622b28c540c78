import { companyOf, domainOf, foldAddress } from './address.ts';
import { isDisposable } from './disposable.ts';

/** Why an introduction waits for a person to look at it. Nothing is ever dropped. */
export type Suspicion = 'own_account' | 'own_address' | 'own_domain' | 'disposable' | 'ring' | 'velocity';

/** What the check looks at; the caller gathers it. */
export type Introduction = {
  readonly email: string;
  readonly advocate: {
    readonly email?: string;
    /** Domains of the advocate's account, as far as known. */
    readonly domains: readonly string[];
  };
  /** The introduced person is known as somebody in the advocate's account. */
  readonly inOwnAccount: boolean;
  /** Somebody of the introduced company introduced the advocate's own. */
  readonly returned: boolean;
  /** Introductions through this link in the last 24 hours. */
  readonly today: number;
};

/** More a day through one link than a person makes by hand. */
const A_DAY = 20;

/** Every reason to look twice, or none. The address kept for writing to is not touched. */
export function suspect({
  email,
  advocate,
  inOwnAccount,
  returned,
  today,
}: Introduction): readonly Suspicion[] {
  const company = companyOf(email);
  const own = advocate.email === undefined ? undefined : companyOf(advocate.email);
  const sameDomain =
    !company.private &&
    (own?.key === company.key || advocate.domains.some((domain) => domain.toLowerCase() === company.key));
  const checks: readonly (readonly [Suspicion, boolean])[] = [
    ['own_address', advocate.email !== undefined && foldAddress(advocate.email) === foldAddress(email)],
    ['own_domain', sameDomain],
    ['own_account', inOwnAccount],
    ['disposable', isDisposable(domainOf(email))],
    ['ring', returned],
    ['velocity', today >= A_DAY],
  ];
  return checks.flatMap(([suspicion, holds]) => (holds ? [suspicion] : []));
}

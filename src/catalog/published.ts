import type { Catalog } from '../engine/catalog.ts';
import type { RewardRule } from './reward-rule.ts';

/** A catalog as it is in force: what the engine decides by, and the words to say it in. */
export type PublishedCatalog = {
  readonly version: number;
  readonly hash: string;
  readonly catalog: Catalog;
  readonly program: Program;
  readonly templates: ReadonlyMap<string, TemplateFolder>;
  /** Absent: a referral earns nothing but thanks. */
  readonly rewards?: readonly RewardRule[];
  /** Absent: nobody is ever away. */
  readonly owners?: Owners;
};

/** `triggers/owners.yaml`: what is known of owners, by their address in lower case. */
export type Owners = Readonly<Record<string, OwnerEntry>>;

export type OwnerEntry = {
  readonly timezone?: string;
  /** Days as `2026-12-24` in the owner's zone; the last counts whole. */
  readonly away?: readonly { readonly from: string; readonly to: string }[];
  /** Who gets their drafts while they are away. */
  readonly cover?: string;
  /** The URL of an incoming webhook of Slack. */
  readonly slack?: string;
};

/** One message in `templates/<name>/`: file name (`text.hbs`, `text.de.hbs`) to Handlebars source. */
export type TemplateFolder = { readonly name: string; readonly files: Readonly<Record<string, string>> };

/** `triggers/program.yaml`: what every message may say about the program. */
export type Program = {
  readonly ideal_customer: {
    readonly role: string | null;
    readonly size: string | null;
    readonly pain: string | null;
  };
  /** The introduction an advocate can forward, as a Handlebars text. */
  readonly intro: string | null;
  readonly assets: readonly { readonly label: string; readonly url: string }[];
  readonly next_steps: string | null;
  readonly booking_url: string | null;
  readonly terms_url: string | null;
  /** What an advocate gets, in words, by account segment; `default` for the rest. */
  readonly offer: Readonly<Record<string, string>>;
};

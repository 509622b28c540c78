/** The commonest providers of addresses that are thrown away. Short on purpose: a hit only holds for review. */
const DISPOSABLE: ReadonlySet<string> = new Set(
  `mailinator.com guerrillamail.com guerrillamail.net guerrillamail.org guerrillamailblock.com sharklasers.com grr.la
   10minutemail.com 10minutemail.net 20minutemail.com temp-mail.org temp-mail.io tempmail.com tempmail.net tempmailo.com
   tempail.com tempr.email throwawaymail.com trashmail.com trashmail.de trashmail.net yopmail.com yopmail.fr yopmail.net
   dispostable.com discard.email discardmail.com fakeinbox.com fakemail.net getnada.com nada.email getairmail.com
   maildrop.cc mailcatch.com mailnesia.com mailnull.com mailsac.com mintemail.com moakt.com mohmal.com mytemp.email
   spam4.me spambox.us spamgourmet.com spamex.com emailondeck.com einrot.com burnermail.io inboxkitten.com
   anonbox.net byom.de jetable.org mailexpire.com mail-temp.com minuteinbox.com tmpmail.org tmpmail.net luxusmail.org
   33mail.com wegwerfmail.de wegwerfmail.net zetmail.com incognitomail.org linshiyouxiang.net 1secmail.com 1secmail.net
   1secmail.org emltmp.com dropmail.me`.split(/\s+/),
);

/** True for a listed domain and whatever lies under one. */
export function isDisposable(domain: string): boolean {
  const parts = domain.toLowerCase().split('.');
  return parts.some((_, index) => DISPOSABLE.has(parts.slice(index).join('.')));
}

/** Providers whose addresses say nothing about where somebody works. */
const FREE_MAIL: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com rocketmail.com icloud.com me.com mac.com aol.com proton.me pm.me tutanota.com
   tuta.io tuta.com fastmail.com fastmail.fm hey.com zoho.com web.de t-online.de freenet.de mail.com
   mail.de posteo.de mailbox.org orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it
   tiscali.it alice.it btinternet.com sky.com virginmedia.com ntlworld.com comcast.net verizon.net att.net
   sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com shaw.ca rogers.com sympatico.ca
   bigpond.com optusnet.com.au telstra.com xtra.co.nz mail.ru bk.ru inbox.ru list.ru ya.ru rambler.ru
   ukr.net qq.com 163.com 126.com yeah.net sina.com foxmail.com aliyun.com naver.com daum.net hanmail.net
   rediffmail.com uol.com.br bol.com.br terra.com.br ig.com.br seznam.cz centrum.cz wp.pl o2.pl onet.pl
   interia.pl abv.bg telenet.be skynet.be ziggo.nl kpnmail.nl home.nl planet.nl bluewin.ch hispeed.ch
   telia.com online.no duck.com tutanota.de zohomail.com hushmail.com arcor.de posteo.net tin.it sunrise.ch
   aon.at op.pl mail.bg aim.com email.com usa.com sohu.com talktalk.net hetnet.nl`.split(/\s+/),
);

// These have a domain in nearly every country.
const FAMILIES =
  /^(?:yahoo|ymail|hotmail|outlook|live|msn|gmx|protonmail|yandex)\.[a-z]{2,3}(?:\.[a-z]{2})?$/;

export function isFreeMail(domain: string): boolean {
  const name = domain.toLowerCase();
  return FREE_MAIL.has(name) || FAMILIES.test(name);
}

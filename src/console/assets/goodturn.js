// Everything works without this file; with it, texts can be copied with one press and edits reach the mail program.
for (const button of document.querySelectorAll('[data-copy]')) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      copied = document.execCommand('copy');
    }
    button.textContent = copied ? 'Copied' : 'Press Ctrl+C to copy';
    setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}

for (const link of document.querySelectorAll('[data-mail-text]')) {
  const text = document.getElementById(link.dataset.mailText);
  const subject = document.getElementById(link.dataset.mailSubject ?? '');
  const update = () => {
    const [to, query] = link.href.split('?');
    const params = new Map(query.split('&').map((pair) => pair.split('=')));
    if (subject) params.set('subject', encodeURIComponent(subject.value));
    params.set('body', encodeURIComponent(text.value.replace(/\r?\n/g, '\r\n')));
    link.href = `${to}?${[...params].map((pair) => pair.join('=')).join('&')}`;
  };
  text.addEventListener('input', update);
  subject?.addEventListener('input', update);
}

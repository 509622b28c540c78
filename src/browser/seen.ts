/** How long something is in view before it counts as seen. */
const MOMENT = 1000;

/**
 * Calls `then` once at least half of the element has been in view, in a tab that is in view itself, for a moment.
 * Answers with a function that ends the watch.
 */
export function whenSeen(element: Element, then: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inView = false;
  const look = () => {
    clearTimeout(timer);
    if (inView && document.visibilityState === 'visible') timer = setTimeout(finish, MOMENT);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      inView = entries.some(({ isIntersecting }) => isIntersecting);
      look();
    },
    { threshold: 0.5 },
  );
  const stop = () => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener('visibilitychange', look);
  };
  const finish = () => {
    stop();
    then();
  };
  observer.observe(element);
  document.addEventListener('visibilitychange', look);
  return stop;
}

/** Skerry 1.0, the part that reaches the browser. */
import { signal } from './signals.js';

export { signal };

/** Wakes an island when it comes into view, then never again. */
export function island(element, wake) {
  return new Promise((resolve, reject) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      Promise.resolve(wake(element)).then(resolve, reject);
    });
    observer.observe(element);
  });
}

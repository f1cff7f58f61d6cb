// Pictures marked with data-src (and data-srcset) load when they come near the screen.
(function () {
  'use strict';
  function show(image) {
    if (image.dataset.srcset) image.srcset = image.dataset.srcset;
    image.src = image.dataset.src;
    image.removeAttribute('data-src');
    image.removeAttribute('data-srcset');
  }
  var waiting = document.querySelectorAll('img[data-src]');
  if (!('IntersectionObserver' in window)) {
    waiting.forEach(show);
    return;
  }
  var observer = new IntersectionObserver(
    function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        observer.unobserve(entry.target);
        show(entry.target);
      });
    },
    { rootMargin: '200px' }
  );
  waiting.forEach(function (image) {
    observer.observe(image);
  });
})();

importScripts('search-words.js');

let pages = [];
fetch('/docs/search.json')
  .then((answer) => answer.json())
  .then((loaded) => {
    pages = loaded;
    postMessage({ ready: pages.length });
  });

onmessage = ({ data }) => {
  const words = self.wordsOf(data);
  const found = pages.filter((page) => words.every((word) => self.wordsOf(page.title + ' ' + page.text).some((known) => known.startsWith(word))));
  postMessage({ found: words.length === 0 ? [] : found.slice(0, 6) });
};

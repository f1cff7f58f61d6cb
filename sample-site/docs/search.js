// Search runs in a worker; the page only shows what it says.
(function () {
  var form = document.querySelector('[data-search]');
  if (!form) return;
  var root = form.getAttribute('data-search');
  var field = form.querySelector('input');
  var list = form.querySelector('ul');
  var state = form.querySelector('output');
  var worker = new Worker('/docs/search-worker.js');
  worker.onmessage = function (event) {
    if (event.data.ready) {
      state.textContent = event.data.ready + ' pages indexed';
      field.disabled = false;
      return;
    }
    list.replaceChildren.apply(
      list,
      event.data.found.map(function (page) {
        var item = document.createElement('li');
        var link = document.createElement('a');
        link.href = root + page.url;
        link.textContent = page.title;
        item.append(link);
        return item;
      })
    );
  };
  field.addEventListener('input', function () {
    worker.postMessage(field.value);
  });
  form.addEventListener('submit', function (event) {
    event.preventDefault();
  });
})();

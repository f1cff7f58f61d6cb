// Fills [data-soundings] with charts whose addresses exist only at run time.
(function () {
  var places = document.querySelectorAll('[data-soundings]');
  for (var i = 0; i < places.length; i++) {
    var count = Number(places[i].getAttribute('data-soundings'));
    for (var n = 1; n <= count; n++) {
      var image = new Image(128, 128);
      image.alt = 'Sounding ' + n;
      image.src = '/images/art/' + n + '.png';
      places[i].appendChild(image);
    }
  }
})();

// for browsers that read conditional comments

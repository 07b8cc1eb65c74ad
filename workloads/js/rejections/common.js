// Rejections: promises that are rejected now and handled a tick later. Hosts keep a list
// of the rejections that nobody has handled yet, and what is taken off it may be looked for
// among all that are on it: as many as there are operations in flight.

function rejected(i) { return Promise.reject({ result: (i * 31 + 7) | 0 }); }

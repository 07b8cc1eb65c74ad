// settle ends an asynchronous step with an already settled promise. All styles
// but callback get their steps from here, so that what differs between them is
// how they wait and nothing else.
function settle(error, value) {
  return error === null ? Promise.resolve(value) : Promise.reject(error);
}

// later is settle after a delay: on the realm's clock, or in earnest if that is
// what params.real says.
function later(delay, error, value) {
  return new Promise((resolve, reject) => {
    const settled = () => (error === null ? resolve(value) : reject(error));
    (params.real ? promisebenchRealTimer : promisebenchTimer)(settled, delay);
  });
}

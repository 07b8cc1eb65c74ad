// settle ends an asynchronous step with an already settled promise. All styles
// but callback get their steps from here, so that what differs between them is
// how they wait and nothing else.
function settle(error, value) {
  return error === null ? Promise.resolve(value) : Promise.reject(error);
}

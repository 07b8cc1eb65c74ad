// Combinators: one of Promise's static methods joins some settled promises.
//
// params.kind: the method.
// params.items: how many promises.
// params.rejects: the numbers of those that are rejected.
// params.pending: one that never settles comes before them.

function mix(value, n) { return (value * 31 + n) | 0; }

function items(i) {
  const list = params.pending ? [new Promise(() => {})] : [];
  for (let k = 0; k < params.items; k++) {
    const value = mix(i, k);
    list.push(params.rejects.indexOf(k) < 0 ? settle(null, value)
      : settle(Object.assign(new Error('item ' + k), { value: value })));
  }
  return list;
}

// Each value is weighed by its place, and a reason counts as the complement.
function total(list, valueOf) {
  let sum = 0;
  for (let k = 0; k < list.length; k++) sum = (sum + valueOf(list[k]) * (k + 1)) | 0;
  return sum;
}

const reasonOf = (error) => ~error.value;
const resultOf = (item) => (item.status === 'fulfilled' ? item.value : reasonOf(item.reason));

function fulfilled(value) {
  if (params.kind === 'all') return total(value, (v) => v);
  if (params.kind === 'allSettled') return total(value, resultOf);
  return value;
}

function rejected(error) {
  if (params.kind !== 'any') return reasonOf(error);
  if (!(error instanceof AggregateError)) throw error;
  return total(error.errors, reasonOf);
}

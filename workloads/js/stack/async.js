async function fifth(i) { await settle(null, i); throw boom(i); }
async function fourth(i) { return await fifth(i); }
async function third(i) { return await fourth(i); }
async function second(i) { return await third(i); }
async function first(i) { return await second(i); }

async function operation(i) {
  try {
    return await first(i);
  } catch (error) {
    return caught(error);
  }
}

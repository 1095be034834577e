module.exports = (tenant) => ({ service: "api", tenant });

module.exports = (tenant) => ({ service: "billing", tenant });

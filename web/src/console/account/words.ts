export const accountZh = {
  title: "账号",
};

export const accountEn: typeof accountZh = {
  title: "Account",
};

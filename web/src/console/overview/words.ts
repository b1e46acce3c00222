export const overviewZh = {
  title: "概览",
};

export const overviewEn: typeof overviewZh = {
  title: "Overview",
};

export const groupsZh = {
  title: "小组",
};

export const groupsEn: typeof groupsZh = {
  title: "Groups",
};

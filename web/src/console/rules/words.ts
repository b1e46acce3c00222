export const rulesZh = {
  title: "自动回复",
};

export const rulesEn: typeof rulesZh = {
  title: "Replies",
};

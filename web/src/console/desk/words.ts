export const deskZh = {
  title: "接待台",
};

export const deskEn: typeof deskZh = {
  title: "Desk",
};

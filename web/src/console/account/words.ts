import { aboutEn, aboutZh } from "./words.about";
import { peopleEn, peopleZh } from "./words.people";

export const accountZh = {
  title: "账号",
  views: "账号的各个页面",
  view: {
    begin: "开始",
    profile: "资料",
    hours: "营业时间",
    staff: "员工",
    teams: "客服分组",
    canned: "快捷回复",
    tags: "标签",
    link: "关注码",
    self: "我自己",
  },
  readOnly: "只有掌柜可以修改。",
  copy: "复制",
  copyWhat: "复制{{what}}",
  copied: "已复制",
  editWhat: "修改{{what}}",
  dropWhat: "删除{{what}}",
  ...aboutZh,
  ...peopleZh,
};

export const accountEn: typeof accountZh = {
  title: "Account",
  views: "Pages of the account",
  view: {
    begin: "First steps",
    profile: "Profile",
    hours: "Opening hours",
    staff: "Staff",
    teams: "Teams",
    canned: "Canned replies",
    tags: "Tags",
    link: "Follow code",
    self: "Myself",
  },
  readOnly: "Only an owner can change this.",
  copy: "Copy",
  copyWhat: "Copy: {{what}}",
  copied: "Copied",
  editWhat: "Edit {{what}}",
  dropWhat: "Delete {{what}}",
  ...aboutEn,
  ...peopleEn,
};

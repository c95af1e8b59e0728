pub fn roll_up() {}

// What the routes of the control API do. Each takes the context of one request and answers it.
#pragma once

#include "lab/serving/control.hpp"

namespace custdkim::lab {

api::Response show_health(const Control::Context& context);
api::Response list_misconfigurations(const Control::Context& context);
api::Response show_misconfiguration(const Control::Context& context);
api::Response list_customers(const Control::Context& context);
api::Response show_customer(const Control::Context& context);
api::Response set_customer(const Control::Context& context);
api::Response fix_customer(const Control::Context& context);
api::Response export_zone(const Control::Context& context);
api::Response remove_customer(const Control::Context& context);
api::Response list_queries(const Control::Context& context);
api::Response clear_queries(const Control::Context& context);
api::Response flush_cache(const Control::Context& context);
api::Response show_clock(const Control::Context& context);
api::Response advance_clock(const Control::Context& context);
api::Response show_root(const Control::Context& context);

}  // namespace custdkim::lab

"""Where metrics come from: recordings, and later feeds. Each gives rows of (moment, figures); what they mean is the domain's."""

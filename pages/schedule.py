"""日程: the leaders' schedule and the departments' calendar, two views of one set of data (R47–R50, N18, N19).

Conflicts that wait for a decision stand on top; then today and this week; then the calendar, in which entries are
moved by dragging and begun by selecting.
"""

import streamlit as st

from pages.ui import forms, lists, session
from pages.ui.schedule import chosen, conflicts, feeds, form, free_times, near, rooms, views
from pages.ui.schedule.diary import Diary
from pages.ui.words import today_line

me = session.desk()
lists.follow()
reader = session.reader()
calendar = reader.calendar()
now = session.now().astimezone(calendar.zone)
diary = Diary(me, reader, calendar, reader.directory(), reader.resources(), now, lists.is_phone())

views.act(diary)
st.title("日程", anchor=False)
st.caption(today_line(now, calendar))
if says := form.just_saved():
    forms.tell(says)
forms.show_outcome()
# Each has its place even when it is empty: a calendar that moved on the page would begin anew at this week.
with st.container():
    conflicts.draw(diary)
form.the_door(diary)
with st.container():
    chosen.draw(diary)
with st.container(border=True):
    near.draw(diary)
with st.container(border=True):
    views.draw(diary)
free_times.draw(diary)
chosen.cancelled(diary)
feeds.going_out(diary)
feeds.coming_in(diary)
rooms.draw(diary)
